package org.kemari.link.internal;

import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts those whom the CAs of the trust store have signed, and says in words why it does not trust the others.
 */
final class PeerTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager authorities;
    private final Path trustStore;
    private final Optional<String> wanted;

    /**
     * @param authorities decides about the signatures
     * @param trustStore where the CAs are from, for people
     * @param wanted the host that was dialled; empty for callers, who say later who they are
     */
    PeerTrust(X509ExtendedTrustManager authorities, Path trustStore, Optional<String> wanted) {
        this.authorities = authorities;
        this.trustStore = trustStore;
        this.wanted = wanted;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, () -> authorities.checkServerTrusted(chain, authType, engine));
        List<String> names = CertificateNames.of(chain[0]);
        if (wanted.isPresent() && !names.contains(wanted.get())) {
            throw new Untrusted("host " + wanted.get() + " was called, but the certificate there is for "
                    + CertificateNames.text(names) + ": check the addresses of " + wanted.get()
                    + " in the peers of this host, or give that host a certificate of its own");
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, () -> authorities.checkClientTrusted(chain, authType, engine));
    }

    private void check(X509Certificate[] chain, Check signatures) throws CertificateException {
        String who = "the certificate of " + CertificateNames.text(chain[0]);
        try {
            // signatures first: what an unsigned certificate says of itself is of no interest
            signatures.run();
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw new Untrusted(reason(chain, who), e);
        }
    }

    private String reason(X509Certificate[] chain, String who) {
        for (X509Certificate certificate : chain) {
            String whose = certificate == chain[0] ? who : "the CA certificate behind " + who;
            try {
                certificate.checkValidity();
            } catch (CertificateExpiredException e) {
                return whose + " expired on " + Times.text(certificate.getNotAfter())
                        + ": make a new one with ./kemari certs … --renew, and put it there";
            } catch (CertificateNotYetValidException e) {
                return whose + " is valid only from " + Times.text(certificate.getNotBefore())
                        + " on: check the clocks of both hosts";
            }
        }
        return who + ", issued by "
                + CertificateNames.printable(chain[0].getIssuerX500Principal().getName())
                + ", is not signed by a CA in " + trustStore
                + " of this host: make the certificates of both hosts with the same CA (./kemari certs)";
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only through an engine");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("only through an engine");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only through an engine");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("only through an engine");
    }

    private interface Check {
        void run() throws CertificateException;
    }

    /** Its message is meant for people. */
    static final class Untrusted extends CertificateException {
        private static final long serialVersionUID = 1L;

        Untrusted(String message) {
            super(message);
        }

        Untrusted(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
