%% A tree of processes, ten children each, with Leaves leaves (a power of ten); every leaf has a
%% number, and the sums come back.
-module(tree).
-export([run/1]).

run([Leaves]) ->
    Self = self(),
    {Sum, Seconds} = bench:seconds(fun() ->
        erlang:spawn(fun() -> branch(Self, 0, Leaves) end),
        receive {sum, Result} -> Result end
    end),
    Sum = Leaves * (Leaves - 1) div 2,
    Processes = (Leaves * 10 - 1) div 9,
    [{n, Processes}, {elapsed_s, Seconds}, {rate, Processes / Seconds}].

branch(Parent, First, 1) ->
    Parent ! {sum, First};
branch(Parent, First, Size) ->
    Self = self(),
    Part = Size div 10,
    [erlang:spawn(fun() -> branch(Self, First + I * Part, Part) end) || I <- lists:seq(0, 9)],
    Parent ! {sum, gather(10, 0)}.

gather(0, Sum) ->
    Sum;
gather(Left, Sum) ->
    receive
        {sum, Part} -> gather(Left - 1, Sum + Part)
    end.
