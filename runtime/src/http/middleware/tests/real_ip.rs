//! Whom proxies name.

use super::*;

/// Options, peer, headers, client.
type Case = (
    &'static [(&'static str, &'static str)],
    &'static str,
    &'static str,
    &'static str,
);

const CLIENTS: &[Case] = &[
    (&[], "127.0.0.1", "X-Forwarded-For: 1.2.3.4\r\n", "1.2.3.4"),
    (&[], "8.8.8.8", "X-Forwarded-For: 1.2.3.4\r\n", "8.8.8.8"),
    (
        &[],
        "10.1.1.1",
        "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n",
        "1.2.3.4",
    ),
    (
        &[],
        "10.1.1.1",
        "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 192.168.0.1\r\n",
        "1.2.3.4",
    ),
    (
        &[],
        "10.1.1.1",
        "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4\r\n",
        "1.2.3.4",
    ),
    (
        &[],
        "10.1.1.1",
        "X-Forwarded-For: 10.0.0.3, 10.0.0.2\r\n",
        "10.0.0.3",
    ),
    (
        &[],
        "10.1.1.1",
        "X-Forwarded-For: 6.6.6.6, unknown\r\n",
        "10.1.1.1",
    ),
    (
        &[],
        "10.1.1.1",
        "X-Forwarded-For: 1.2.3.4:99\r\n",
        "1.2.3.4",
    ),
    (
        &[],
        "::1",
        "X-Forwarded-For: [2001:db8::1]:99\r\n",
        "2001:db8::1",
    ),
    (
        &[],
        "::1",
        "X-Forwarded-For: [2001:db8::1]\r\n",
        "2001:db8::1",
    ),
    (&[], "::ffff:127.0.0.1", "X-Real-IP: 1.2.3.4\r\n", "1.2.3.4"),
    (&[], "127.0.0.1", "X-Real-IP: me\r\n", "127.0.0.1"),
    (
        &[],
        "127.0.0.1",
        "X-Forwarded-For: 1.2.3.4\r\nX-Real-IP: 6.6.6.6\r\n",
        "1.2.3.4",
    ),
    (&[], "127.0.0.1", "", "127.0.0.1"),
    (
        &[("real_ip.trusted.subnets", "8.8.8.8")],
        "8.8.8.8",
        "X-Real-IP: 1.2.3.4\r\n",
        "1.2.3.4",
    ),
    (
        &[("real_ip.trusted.subnets", "8.0.0.0/8")],
        "127.0.0.1",
        "X-Real-IP: 1.2.3.4\r\n",
        "127.0.0.1",
    ),
    (
        &[("real_ip.trust_all", "true")],
        "8.8.8.8",
        "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n",
        "6.6.6.6",
    ),
];

#[test]
fn the_client_is_whom_trusted_proxies_name() {
    for &(options, peer, headers, client) in CLIENTS {
        let real_ip = match read_options(&["real_ip"], options).unwrap().remove(0) {
            Middleware::RealIp(real_ip) => real_ip,
            other => panic!("{other:?}"),
        };
        let found = real_ip.client(peer.parse().unwrap(), &request("GET /", headers).headers);
        assert_eq!(found.to_string(), client, "{peer} {headers}");
    }
}
