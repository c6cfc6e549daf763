%% N round trips between two processes; a message names its sender.
-module(ping_pong).
-export([run/1]).

run([N]) ->
    Pong = erlang:spawn(fun pong/0),
    {ok, Seconds} = bench:seconds(fun() -> ping(N, Pong) end),
    [{n, N}, {elapsed_s, Seconds}, {rate, N / Seconds}].

ping(0, _) ->
    ok;
ping(N, Pong) ->
    Pong ! {ping, self(), N},
    receive
        {pong, _, N} -> ping(N - 1, Pong)
    end.

pong() ->
    receive
        {ping, From, N} ->
            From ! {pong, self(), N},
            pong()
    end.
