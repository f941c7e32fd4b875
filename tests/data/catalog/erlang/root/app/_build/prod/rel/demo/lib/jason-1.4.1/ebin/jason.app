{application,jason,
             [{config_mtime,1700000000},
              {compile_env,[]},
              {applications,[kernel,stdlib,elixir,decimal]},
              {optional_applications,[decimal]},
              {description,"A blazing fast JSON parser and generator in pure Elixir.\n"},
              {modules,['Elixir.Jason','Elixir.Jason.Codegen']},
              {registered,[]},
              {vsn,"1.4.1"}]}.
