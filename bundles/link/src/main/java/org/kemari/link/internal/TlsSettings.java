package org.kemari.link.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a host's certificate and those of the CAs are.
 *
 * @param keyStore PKCS#12, with this host's key
 * @param keyStorePassword if it is in the settings themselves
 * @param keyStorePasswordFile otherwise; its first line
 * @param trustStore PKCS#12, with the CAs
 * @param trustStorePassword if it is in the settings themselves
 * @param trustStorePasswordFile otherwise; its first line. If there is neither, the password is that of the key store
 */
record TlsSettings(
        Path keyStore,
        Optional<String> keyStorePassword,
        Path keyStorePasswordFile,
        Path trustStore,
        Optional<String> trustStorePassword,
        Optional<Path> trustStorePasswordFile) {

    /** @param etc the directory of the configuration */
    static TlsSettings of(LinkConfig config, Path etc) {
        Path keyStore = config.keyStore().isBlank()
                ? etc.resolve("kemari/tls/host.p12")
                : etc.resolve(config.keyStore().strip());
        return new TlsSettings(
                keyStore,
                given(config.keyStorePassword()),
                given(config.keyStorePasswordFile()).map(etc::resolve).orElse(keyStore.resolveSibling("password")),
                given(config.trustStore()).map(etc::resolve).orElse(keyStore.resolveSibling("ca.p12")),
                given(config.trustStorePassword()),
                given(config.trustStorePasswordFile()).map(etc::resolve));
    }

    private static Optional<String> given(String value) {
        return value.isBlank() ? Optional.empty() : Optional.of(value.strip());
    }

    char[] keyPassword() throws IOException {
        return keyStorePassword.isPresent() ? keyStorePassword.get().toCharArray() : firstLine(keyStorePasswordFile);
    }

    char[] trustPassword() throws IOException {
        if (trustStorePassword.isPresent()) {
            return trustStorePassword.get().toCharArray();
        }
        return trustStorePasswordFile.isPresent() ? firstLine(trustStorePasswordFile.get()) : keyPassword();
    }

    private static char[] firstLine(Path file) throws IOException {
        try {
            return Files.readString(file).lines().findFirst().orElse("").strip().toCharArray();
        } catch (IOException e) {
            throw new IOException("the password file " + file + " cannot be read: " + Stores.reason(e), e);
        }
    }

    /** The files whose change means that there is something new. */
    List<Path> files() {
        return trustStorePasswordFile
                .map(file -> List.of(keyStore, keyStorePasswordFile, trustStore, file))
                .orElse(List.of(keyStore, keyStorePasswordFile, trustStore));
    }

    /** Passwords are not for logs. */
    @Override
    public String toString() {
        return "keys in " + keyStore + ", CAs in " + trustStore;
    }
}
