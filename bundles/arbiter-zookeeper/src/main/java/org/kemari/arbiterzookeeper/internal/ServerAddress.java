package org.kemari.arbiterzookeeper.internal;

/**
 * Where a ZooKeeper server listens.
 *
 * @param host a name or an address; one of IPv6 without brackets
 * @param port 1 to 65535
 */
record ServerAddress(String host, int port) {
    static final int DEFAULT_PORT = 2181;

    /**
     * Parses {@code host}, {@code host:port} or {@code [address]:port}.
     *
     * @param key whose value it is, for the error
     */
    static ServerAddress parse(String key, String text) {
        int colon = text.lastIndexOf(':');
        boolean withPort = colon >= 0 && !text.endsWith("]");
        String host = withPort ? text.substring(0, colon) : text;
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw Values.refusal(key, "the address in '" + text + "' has to be written in brackets");
        }
        if (host.isEmpty() || !host.matches("[A-Za-z0-9._:%-]+")) {
            throw Values.refusal(key, "'" + text + "' is not host:port");
        }
        int port = withPort ? port(key, text, text.substring(colon + 1)) : DEFAULT_PORT;
        return new ServerAddress(host, port);
    }

    private static int port(String key, String text, String digits) {
        int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > 65535) {
            throw Values.refusal(key, "the port in '" + text + "' is not a number from 1 to 65535");
        }
        return port;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
