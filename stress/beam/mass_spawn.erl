%% The workers of the mass-spawn example: N processes with a message loop and a timer each.
%% Sizes: N, shortest and longest interval and time before measuring, all in milliseconds.
-module(mass_spawn).
-export([run/1]).

run([N, Min, Max, Settle]) ->
    RssBefore = resident_bytes(),
    MemoryBefore = erlang:memory(total),
    Self = self(),
    {ok, Seconds} = bench:seconds(fun() -> spawn_workers(N, Self, Min, Max) end),
    Ticks = collect(erlang:monotonic_time(millisecond) + Settle, 0),
    Memory = erlang:memory(total) - MemoryBefore,
    [{n, N}, {elapsed_s, Seconds}, {spawn_us, Seconds * 1.0e6 / N}, {ticks, Ticks},
     {rss_per_process, (resident_bytes() - RssBefore) / N},
     {memory_per_process, Memory / N}].

spawn_workers(0, _, _, _) ->
    ok;
spawn_workers(I, Spawner, Min, Max) ->
    Interval = Min + rand:uniform(Max - Min + 1) - 1,
    spawn_monitor(fun() -> start(Spawner, I, Interval) end),
    spawn_workers(I - 1, Spawner, Min, Max).

start(Spawner, Id, Interval) ->
    erlang:send_after(Interval, self(), tick),
    loop(Spawner, Id, Interval, 1).

loop(Spawner, Id, Interval, Tick) ->
    receive
        tick ->
            Spawner ! {tick, #{id => Id, tick => Tick}},
            erlang:send_after(Interval, self(), tick),
            loop(Spawner, Id, Interval, Tick + 1);
        cancel ->
            ok
    end.

collect(Deadline, Ticks) ->
    receive
        {tick, _} -> collect(Deadline, Ticks + 1)
    after max(0, Deadline - erlang:monotonic_time(millisecond)) ->
        Ticks
    end.

resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/smaps_rollup"),
    {match, [Kilobytes]} =
        re:run(Text, "^Rss:\\s+(\\d+) kB", [multiline, {capture, all_but_first, list}]),
    list_to_integer(Kilobytes) * 1024.
