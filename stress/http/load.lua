-- What wrk sends, and how it says what came of it. With an argument, that is POSTed as JSON.

function init(args)
  if args[1] then
    wrk.method = "POST"
    wrk.body = args[1]
    wrk.headers["Content-Type"] = "application/json"
  end
end

-- One line of JSON after wrk's own report. Times are microseconds.
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    '{"answers": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, '
      .. '"refused": %d, "broken": %d, "late": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout
  ))
end
