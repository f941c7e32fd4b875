Gem::Specification.new do |spec|
  spec.name = %q{old}
  spec.version = Gem::Version.new("0.1")
  spec.license = 'Ruby'
  spec.add_dependency("#{spec.name}-core", "> 0")
  spec.add_dependency 'plain', '>= 0', '< 9'
end
