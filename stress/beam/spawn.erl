%% N monitored children; each sends one message and ends. Done when all messages and ends are seen.
-module(spawn).
-export([run/1]).

run([N]) ->
    {ok, Seconds} = bench:seconds(fun() -> wave(N) end),
    [{n, N}, {elapsed_s, Seconds}, {rate, N / Seconds}].

wave(N) ->
    Self = self(),
    start(N, Self),
    count(N, N).

start(0, _) ->
    ok;
start(I, Parent) ->
    spawn_monitor(fun() -> Parent ! {hello, self(), I} end),
    start(I - 1, Parent).

count(0, 0) ->
    ok;
count(Hellos, Ends) ->
    receive
        {hello, _, _} -> count(Hellos - 1, Ends);
        {'DOWN', _, process, _, normal} -> count(Hellos, Ends - 1)
    end.
