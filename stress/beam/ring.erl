%% A ring of Size processes, this one among them, and one token that goes around until it has made
%% at least Hops hops.
-module(ring).
-export([run/1]).

run([Size, Hops]) ->
    Rounds = Hops div Size,
    First = build(Size - 1, self()),
    {ok, Seconds} = bench:seconds(fun() -> turn(Rounds, First) end),
    [{n, Size}, {hops, Rounds * Size}, {elapsed_s, Seconds}, {rate, Rounds * Size / Seconds}].

build(0, Next) ->
    Next;
build(I, Next) ->
    build(I - 1, erlang:spawn(fun() -> member(Next) end)).

member(Next) ->
    receive
        {token, Hops} ->
            Next ! {token, Hops + 1},
            member(Next)
    end.

turn(0, _) ->
    ok;
turn(Round, First) ->
    First ! {token, 1},
    receive
        {token, _} -> turn(Round - 1, First)
    end.
