%% {vsn, "9"} in a comment
{application, 'novsn', [{description, "has {vsn, \"7\"} in a text"}, {vsn, git}]}.
