name(func).
version('0.4.2').
title('Function application and composition').
author('Michael Hendricks', 'michael@ndrix.org').
requires(function_expansion).
