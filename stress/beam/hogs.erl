%% How late a ticker of Interval milliseconds is, over Ticks ticks, while Hogs processes loop
%% without end.
-module(hogs).
-export([run/1]).

run([Hogs, Ticks, Interval]) ->
    [erlang:spawn(fun hog/0) || _ <- lists:seq(1, Hogs)],
    timer:sleep(500),
    Start = erlang:monotonic_time(millisecond),
    Late = [lateness(Start + I * Interval) || I <- lists:seq(1, Ticks)],
    [{n, Hogs}, {ticks, Ticks}, {p50_ms, bench:percentile(50, Late)},
     {p99_ms, bench:percentile(99, Late)}, {max_ms, lists:max(Late)}].

hog() ->
    hog().

%% Waits until Due; gives the milliseconds by which it was missed.
lateness(Due) ->
    erlang:start_timer(Due, self(), tick, [{abs, true}]),
    receive
        {timeout, _, tick} -> erlang:monotonic_time(microsecond) / 1000 - Due
    end.
