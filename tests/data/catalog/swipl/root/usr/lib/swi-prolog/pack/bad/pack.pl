:- module(pack, []).
