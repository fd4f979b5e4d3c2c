package org.kemari.link.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A private CA, made with keytool. */
final class Authority {
    static final String PASSWORD = "secret-of-the-tests";
    private final Path directory;
    private final Path keys;
    private final Path trust;

    private Authority(Path directory) {
        this.directory = directory;
        this.keys = directory.resolve("ca-key.p12");
        this.trust = directory.resolve("ca.p12");
    }

    static Authority in(Path directory) throws Exception {
        Files.createDirectories(directory);
        Authority authority = new Authority(directory);
        keytool("-genkeypair -alias ca -keyalg EC -groupname secp256r1 -dname CN=" + directory.getFileName()
                + " -ext bc:c=ca:true -keystore " + authority.keys);
        Path certificate = directory.resolve("ca.pem");
        keytool("-exportcert -rfc -alias ca -keystore " + authority.keys + " -file " + certificate);
        keytool("-importcert -noprompt -alias ca -file " + certificate + " -keystore " + authority.trust);
        return authority;
    }

    /** A directory with host.p12, ca.p12 and password. */
    Path host(String name, String... options) throws Exception {
        Path own = Files.createTempDirectory(directory, name);
        Path store = own.resolve("host.p12");
        Path request = own.resolve("request");
        Path chain = own.resolve("chain.pem");
        keytool("-genkeypair -alias host -keyalg EC -groupname secp256r1 -dname CN=" + name + " -keystore " + store);
        keytool("-certreq -alias host -keystore " + store + " -file " + request);
        List<String> sign = new ArrayList<>(List.of(options));
        if (!sign.contains("-ext")) {
            sign.addAll(List.of("-ext", "san=uri:kemari:" + name));
        }
        keytool("-gencert -rfc -alias ca -keystore " + keys + " -infile " + request + " -outfile " + chain + " "
                + String.join(" ", sign));
        Files.writeString(chain, Files.readString(chain) + Files.readString(directory.resolve("ca.pem")));
        keytool("-importcert -noprompt -alias host -file " + chain + " -keystore " + store);
        trustedBy(own);
        Files.writeString(own.resolve("password"), PASSWORD + "\n");
        return own;
    }

    /** Makes the host in this directory trust this CA, and no other. */
    void trustedBy(Path host) throws IOException {
        Files.copy(trust, host.resolve("ca.p12"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    static TlsSettings settings(Path host) {
        return new TlsSettings(
                host.resolve("host.p12"),
                Optional.empty(),
                host.resolve("password"),
                host.resolve("ca.p12"),
                Optional.empty(),
                Optional.empty());
    }

    static synchronized void keytool(String words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words.split(" ")));
        all.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream aside = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            System.setOut(aside);
            System.setErr(aside);
            Class.forName("sun.security.tools.keytool.Main")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) all.toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }
}
