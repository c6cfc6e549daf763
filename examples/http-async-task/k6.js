// k6 run k6.js: 50 users submit tasks of a second for ten seconds, and a wrong one now and then.

import http from "k6/http";
import { check } from "k6";

const URL = `${__ENV.URL || "http://localhost:8080"}/api/tasks`;
const JSON_BODY = { headers: { "Content-Type": "application/json" } };

// One request in so many is wrong, and must be refused.
const WRONG_EVERY = 20;

export const options = {
  vus: 50,
  duration: "10s",
  thresholds: {
    checks: ["rate==1"],
    http_req_failed: ["rate==0"],
  },
};

function submit(task, params) {
  return http.post(URL, JSON.stringify(task), { ...JSON_BODY, ...params });
}

export default function () {
  const name = `task ${__VU}.${__ITER}`;
  const answer = submit({ name, duration: 1 });
  check(answer, {
    "is accepted": (r) => r.status === 202 && r.json("status") === "accepted",
    "has an id": (r) => r.json("task_id") !== "",
    "has its name": (r) => r.json("name") === name,
  });

  if (__ITER % WRONG_EVERY === 0) {
    const expected = { responseCallback: http.expectedStatuses(400) };
    const refused = submit({ name, duration: -1 }, expected);
    check(refused, {
      "a wrong one is refused": (r) => r.status === 400 && r.json("field") === "duration",
    });
  }
}
