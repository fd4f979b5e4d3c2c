package org.kemari.itests.guests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.kemari.itests.lab.Await;
import org.kemari.itests.lab.KemariHost;

/** Changes settings of a running host as an operator does, and looks at what comes of it. */
final class SettingsTrial {
    private static final Duration TRY = Duration.ofSeconds(15);

    private final KemariHost host;
    private final Set<String> tried = new TreeSet<>();
    private long mark;

    SettingsTrial(KemariHost host) {
        this.host = host;
    }

    /** All that were tried: {@code pid/key}. */
    Set<String> tried() {
        return tried;
    }

    String get(String pid, String key) {
        Object value = ((Map<?, ?>) invoke("listProperties", pid)).get(key);
        return value == null ? "" : value.toString();
    }

    /** By Karaf's MBean; what comes of it is looked for in the log from here on. */
    void set(String pid, String key, String value) {
        mark = logSize();
        invoke("setProperty", pid, key, value);
    }

    /** Takes them away, until nothing is wrong with any of them. */
    void clear(String pid, String... keys) throws Exception {
        change(
                pid + " has no " + String.join(", ", keys),
                () -> List.of(keys).forEach(key -> unset(pid, key)),
                () -> noProblem(pid, "")
                        && List.of(keys).stream().allMatch(key -> get(pid, key).isEmpty()));
    }

    private void unset(String pid, String key) {
        mark = logSize();
        invoke("deleteProperty", pid, key);
    }

    /** In the file in etc, and what comes of it. */
    void inFile(String pid, String key, String value, Callable<Boolean> effect) throws Exception {
        change(
                pid + ".cfg has " + key + " = " + value,
                () -> {
                    mark = logSize();
                    host.files().set(pid + ".cfg", Map.of(key, value));
                },
                effect);
    }

    /** A valid value that shows in a line of the log, mistakes that are refused, and the way back. */
    void logged(String pid, String key, String good, String line, String... bad) throws Exception {
        takes(pid, key, good, () -> isLogged(line), bad);
    }

    /** A valid value, what it comes to, mistakes that are refused, and the way back. */
    void takes(String pid, String key, String good, Callable<Boolean> effect, String... bad) throws Exception {
        String before = get(pid, key);
        change(pid + " has " + key + " = " + good, () -> set(pid, key, good), effect);
        refuses(pid, key, bad);
        restore(pid, key, before);
    }

    /** A valid value that is in force only later, which is told; mistakes that are refused, and the way back. */
    void later(String pid, String key, String good, String... bad) throws Exception {
        takes(pid, key, good, () -> isProblem(pid, key, "until Kemari is restarted"), bad);
    }

    void refuses(String pid, String key, String... bad) throws Exception {
        tried.add(pid + "/" + key);
        for (String value : bad) {
            change(
                    pid + " refuses " + key + " = " + value,
                    () -> set(pid, key, value),
                    () -> isProblem(pid, key, "")
                            && isLogged("(Refused: )?" + Pattern.quote(pid) + ": (" + key + ")?"));
        }
    }

    private void restore(String pid, String key, String before) throws Exception {
        change(
                pid + ": " + key + " is as before",
                () -> {
                    if (before.isEmpty()) {
                        unset(pid, key);
                    } else {
                        set(pid, key, before);
                    }
                },
                () -> noProblem(pid, key));
    }

    /**
     * Karaf writes what its MBean changes into the file, and looks at the files every second: a change that falls between its
     * reading or writing of a file and its noting when that was is undone, or not seen. It is made again then.
     */
    static void change(String what, Runnable change, Callable<Boolean> effect) throws Exception {
        long end = System.nanoTime() + GuestCase.PATIENCE.toNanos();
        while (true) {
            change.run();
            try {
                Await.until(what, TRY, effect);
                return;
            } catch (TimeoutException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    boolean isProblem(String pid, String key, String reason) {
        return problems().stream().anyMatch(p -> p.startsWith(pid + ": " + key + ": ") && p.contains(reason));
    }

    boolean noProblem(String pid, String key) {
        return problems().stream().noneMatch(p -> p.startsWith(pid + ": " + key));
    }

    List<String> problems() {
        return host.console().host().getConfigurationProblems();
    }

    void awaitLogged(String line) throws Exception {
        Await.until("the log has " + line, GuestCase.PATIENCE, () -> isLogged(line));
    }

    /** Whether the log has a line with a match of this, since the last change. */
    boolean isLogged(String line) throws IOException {
        byte[] all = Files.readAllBytes(host.files().log());
        String text = new String(all, (int) mark, all.length - (int) mark, java.nio.charset.StandardCharsets.UTF_8);
        return Pattern.compile(line).matcher(text).find();
    }

    private long logSize() {
        try {
            return Files.size(host.files().log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Object invoke(String operation, String... arguments) {
        try {
            List<String> types = new ArrayList<>();
            for (int i = 0; i < arguments.length; i++) {
                types.add(String.class.getName());
            }
            return host.console()
                    .server()
                    .invoke(
                            new ObjectName("org.apache.karaf:type=config,name=root"),
                            operation,
                            arguments,
                            types.toArray(String[]::new));
        } catch (JMException | IOException e) {
            throw new IllegalStateException(operation + " " + List.of(arguments) + " failed", e);
        }
    }
}
