package org.kemari.link.internal;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says in words what went wrong at the beginning of a TLS connection. */
final class TlsProblems {
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

    private TlsProblems() {}

    /**
     * @param other the other end, for people
     * @param own what this end has shown, for people
     */
    static IOException explain(IOException error, String other, String own) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof PeerTrust.Untrusted) {
                return new SecurityRefusal(cause.getMessage(), error);
            }
        }
        if (error instanceof TlsInput.PlainTextException) {
            return new SecurityRefusal(
                    other + " speaks in clear text, and this host speaks TLS: give both the same security in"
                            + " etc/org.kemari.link.cfg, best tls",
                    error);
        }
        if (isEnd(error)) {
            return new SecurityRefusal(
                    other + " ended the connection during the TLS handshake: its log may say why, for instance that it"
                            + " has no certificate",
                    error);
        }
        if (error instanceof SocketTimeoutException || !(error instanceof SSLException)) {
            return error;
        }
        return new SecurityRefusal(words(String.valueOf(error.getMessage()), other, own), error);
    }

    /** An end is a reset if the other side had not read everything when it closed. */
    private static boolean isEnd(IOException error) {
        String message = String.valueOf(error.getMessage());
        return error instanceof EOFException
                || message.startsWith("Connection reset")
                || message.startsWith("Broken pipe");
    }

    private static String words(String message, String other, String own) {
        Matcher alert = ALERT.matcher(message);
        if (alert.find()) {
            return switch (alert.group(1)) {
                case "certificate_unknown",
                        "bad_certificate",
                        "certificate_expired",
                        "unknown_ca",
                        "certificate_required",
                        "unsupported_certificate",
                        "certificate_revoked",
                        "access_denied" -> other
                        + " does not accept this host's " + own + " (" + alert.group(1)
                        + "); its log says why: it trusts another CA, its clock is wrong, or it wanted another host";
                case "protocol_version" -> other + " does not speak TLS 1.3";
                default -> other + " has refused TLS: " + alert.group(1);
            };
        }
        if (message.contains("Empty client certificate chain") || message.contains("Empty server certificate")) {
            return other + " shows no certificate: make one for it with ./kemari certs host DIR NAME";
        }
        if (message.contains("not accepted by server preferences") || message.contains("protocol_version")) {
            return other + " offers no TLS 1.3, and nothing less will do";
        }
        if (message.contains("Unsupported or unrecognized SSL message") || message.contains("Not initial handshake")) {
            return other + " speaks neither TLS nor Kemari's protocol";
        }
        return "the TLS handshake with " + other + " failed: " + CertificateNames.printable(message);
    }
}
