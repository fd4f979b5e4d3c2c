package org.kemari.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings of links that change, and mistakes in them. */
class LinkSecurityTest {
    @TempDir
    private Path etc;

    private Path stores;
    private LinkSecurity security;

    @BeforeEach
    void start() throws Exception {
        stores = Authority.in(etc.resolve("ca")).host("west", "-ext", "san=dns:west");
        security = new LinkSecurity("west", etc, Duration.ZERO, config("tls", stores.resolve("host.p12")));
        assertThat(security.problems()).isEmpty();
    }

    @AfterEach
    void stop() {
        security.close();
    }

    @Test
    void whatIsNeitherIsRefused() throws Exception {
        Security before = security.current();
        security.change(config("none", stores.resolve("host.p12")));
        assertThat(security.problems())
                .singleElement()
                .hasToString(
                        "org.kemari.link: security: 'none' is neither tls nor clear; the settings from before stay in"
                                + " force");
        assertThat(security.current()).isSameAs(before);
        security.change(config("tls", stores.resolve("host.p12")));
        assertThat(security.problems()).isEmpty();
        assertThat(security.current()).as("nothing has changed").isSameAs(before);
    }

    @Test
    void storesThatCannotBeUsedLeaveTheCertificatesFromBefore() throws Exception {
        Path elsewhere = Files.createDirectory(etc.resolve("elsewhere"));
        security.change(config("tls", elsewhere.resolve("host.p12")));
        assertThat(security.problems()).singleElement().satisfies(problem -> assertThat(problem.reason())
                .contains("elsewhere"));
        security.current().ready();
        for (String file : new String[] {"password", "ca.p12", "host.p12"}) {
            Files.copy(stores.resolve(file), elsewhere.resolve(file));
        }
        // they come later, and are taken
        await().until(() -> security.problems().isEmpty());
        security.current().ready();
    }

    @Test
    void clearTextAndBack() throws Exception {
        security.change(config("clear", stores.resolve("host.p12")));
        assertThat(security.current()).isInstanceOf(ClearText.class);
        security.change(config("tls", stores.resolve("host.p12")));
        security.current().ready();
        assertThat(security.problems()).isEmpty();
    }

    private static LinkConfig config(String security, Path keyStore) {
        return new LinkConfig() {
            @Override
            public String security() {
                return security;
            }

            @Override
            public String keyStore() {
                return keyStore.toString();
            }

            @Override
            public String keyStorePassword() {
                return "";
            }

            @Override
            public String keyStorePasswordFile() {
                return "";
            }

            @Override
            public String trustStore() {
                return "";
            }

            @Override
            public String trustStorePassword() {
                return "";
            }

            @Override
            public String trustStorePasswordFile() {
                return "";
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return LinkConfig.class;
            }
        };
    }
}
