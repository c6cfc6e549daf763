%% Runs one job and prints one line of JSON: erl -noshell -run bench main JOB [SIZE...]
%% Each job is a module of its own with run/1, which takes its sizes and returns fields.
-module(bench).
-export([main/1, seconds/1, percentile/2]).

main([Job | Sizes]) ->
    Fields = (list_to_atom(Job)):run([list_to_integer(Size) || Size <- Sizes]),
    Text = [io_lib:format(", \"~s\": ~s", [Name, number(Value)]) || {Name, Value} <- Fields],
    io:format("{\"job\": \"~s\"~s}~n", [Job, Text]),
    halt(0).

%% Runs Fun; gives what it returned and the seconds it took.
seconds(Fun) ->
    Start = erlang:monotonic_time(),
    Result = Fun(),
    Taken = erlang:convert_time_unit(erlang:monotonic_time() - Start, native, nanosecond),
    {Result, Taken / 1.0e9}.

%% The smallest value that Percent of all Values do not exceed.
percentile(Percent, Values) ->
    Sorted = lists:sort(Values),
    lists:nth(max(1, ceil(Percent * length(Sorted) / 100)), Sorted).

number(Value) when is_integer(Value) -> integer_to_list(Value);
number(Value) when is_float(Value) -> io_lib:format("~.6f", [Value]).
