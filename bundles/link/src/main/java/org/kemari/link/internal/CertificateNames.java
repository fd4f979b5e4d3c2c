package org.kemari.link.internal;

import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The hosts that a certificate is for: its subject alternative names of type DNS, and those of type URI that read
 * {@code kemari:<host>} (a DNS name cannot have an underscore). Compared as they are: no wildcards, upper and lower case
 * differ, and the subject does not count.
 */
final class CertificateNames {
    static final String SCHEME = "kemari:";
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int MOST = 200;

    private CertificateNames() {}

    static List<String> of(Certificate certificate) {
        Collection<List<?>> alternatives;
        try {
            alternatives = certificate instanceof X509Certificate x509 ? x509.getSubjectAlternativeNames() : null;
        } catch (CertificateParsingException e) {
            // whatever it says, it does not say a name
            return List.of();
        }
        List<String> names = new ArrayList<>();
        for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
            if (alternative.get(0).equals(DNS)) {
                addOnce(names, alternative.get(1).toString());
            } else if (alternative.get(0).equals(URI)
                    && alternative.get(1).toString().startsWith(SCHEME)) {
                addOnce(names, alternative.get(1).toString().substring(SCHEME.length()));
            }
        }
        return List.copyOf(names);
    }

    private static void addOnce(List<String> names, String name) {
        if (!names.contains(name)) {
            names.add(name);
        }
    }

    /** For people. */
    static String text(List<String> names) {
        return names.isEmpty()
                ? "no host (it has no alternative name of type DNS or " + SCHEME + "…)"
                : "host " + printable(String.join(", ", names));
    }

    static String text(X509Certificate certificate) {
        return text(of(certificate));
    }

    /** What comes from a stranger may have anything in it. */
    static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() > MOST ? clean.substring(0, MOST) + "…" : clean;
    }
}
