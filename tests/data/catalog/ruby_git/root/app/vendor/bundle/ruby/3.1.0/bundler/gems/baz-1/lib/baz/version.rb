  VERSION = [1,2].join('.')
