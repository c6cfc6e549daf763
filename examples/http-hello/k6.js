// k6 run k6.js: for ten seconds, 50 users say hello in all three ways.

import http from "k6/http";
import { check } from "k6";

const URL = __ENV.URL || "http://localhost:8080";

export const options = {
  vus: 50,
  duration: "10s",
  thresholds: {
    checks: ["rate==1"],
    http_req_failed: ["rate==0"],
  },
};

export default function () {
  const hello = http.get(`${URL}/hello`);
  check(hello, {
    "hello is text": (r) => r.status === 200 && r.body === "Hello, world!\n",
  });

  const ada = http.get(`${URL}/hello/ada`);
  check(ada, {
    "hello to a name": (r) => r.status === 200 && r.body === "Hello, ada!\n",
  });

  const json = http.get(`${URL}/api/hello?name=ada`);
  check(json, {
    "hello is JSON": (r) =>
      r.status === 200 && r.json("greeting") === "Hello, ada!",
  });
}
