%% Senders processes send Each small maps to one process.
-module(fan_in).
-export([run/1]).

run([Senders, Each]) ->
    Self = self(),
    N = Senders * Each,
    {_, Seconds} = bench:seconds(fun() ->
        start(Senders, Each, Self),
        receive_all(N, 0)
    end),
    [{n, N}, {elapsed_s, Seconds}, {rate, N / Seconds}].

start(0, _, _) ->
    ok;
start(I, Each, Sink) ->
    erlang:spawn(fun() -> send(Each, I, Sink) end),
    start(I - 1, Each, Sink).

send(0, _, _) ->
    ok;
send(Seq, Id, Sink) ->
    Sink ! {reading, self(), #{id => Id, seq => Seq, value => 0.5}},
    send(Seq - 1, Id, Sink).

receive_all(0, Sum) ->
    Sum;
receive_all(N, Sum) ->
    receive
        {reading, _, #{value := Value}} -> receive_all(N - 1, Sum + Value)
    end.
