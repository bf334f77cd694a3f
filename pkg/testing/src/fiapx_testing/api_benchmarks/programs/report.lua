-- A load of wrk: what is sent comes from the environment, what came of it is one line of JSON, the last that is written.
local body = os.getenv("WRK_BODY")
if body then
  wrk.method = "POST"
  wrk.body = body
  wrk.headers["Content-Type"] = "application/json"
end
local token = os.getenv("WRK_TOKEN")
if token then
  wrk.headers["Authorization"] = "Bearer " .. token
end

done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  print(string.format(
    '{"requests": %d, "microseconds": %d, "failed": %d, "p50_us": %d, "p99_us": %d}',
    summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)
  ))
end
