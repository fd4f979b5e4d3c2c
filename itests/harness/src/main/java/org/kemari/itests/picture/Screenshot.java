package org.kemari.itests.picture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Pair;

/** Two hosts, a protected guest, and a picture of JConsole that looks at it. */
public final class Screenshot {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String DOMAIN = "web";

    private Screenshot() {}

    /** @param arguments where the picture goes */
    public static void main(String[] arguments) throws Exception {
        try (Lab lab = Lab.open()) {
            Pair pair = Pair.start(lab).awaitReady();
            new DomainSpec(DOMAIN, "198.18.7.100")
                    .kernel(GuestImage.build(lab.workspace().resolve("image")))
                    .commandLine("kemari.data=none")
                    .standbys("east", "west")
                    .automatic(true)
                    .define(pair.east(), pair.west());
            pair.east().console().host().reloadConfiguration();
            pair.east().console().domain(DOMAIN).start();
            pair.east().console().awaitState(DOMAIN, PATIENCE, "PROTECTED");
            picture(lab, pair.east().jmxUrl(), Path.of(arguments[0]));
            pair.east().console().domain(DOMAIN).stop(0);
        }
        System.exit(0);
    }

    private static void picture(Lab lab, String url, Path file) throws Exception {
        Process display = new ProcessBuilder(
                        "Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp")
                .redirectError(lab.workspace().resolve("xvfb.log").toFile())
                .start();
        try {
            String number = new BufferedReader(
                            new InputStreamReader(display.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            if (number == null) {
                throw new IOException(
                        "no display: " + Files.readString(lab.workspace().resolve("xvfb.log")));
            }
            ProcessBuilder console = new ProcessBuilder(List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "--add-modules=jdk.jconsole",
                    "--add-opens=jdk.jconsole/sun.tools.jconsole=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    JConsoleWindow.class.getName(),
                    url,
                    "viewer",
                    "viewer",
                    file.toString(),
                    "org.kemari",
                    "Domain",
                    DOMAIN,
                    "Attributes"));
            console.environment().put("DISPLAY", ":" + number);
            Process process = console.inheritIO().start();
            Await.until("JConsole has been painted", PATIENCE.multipliedBy(3), () -> !process.isAlive());
            if (process.exitValue() != 0) {
                throw new IOException("there is no picture: JConsole ended with status " + process.exitValue());
            }
        } finally {
            display.destroy();
        }
    }
}
