package org.kemari.itests.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.itests.lab.Shell;

/** Where a QEMU is in which its own COLO works, or why there is none. */
final class ColoPeer {
    /** Environment variable that names the program. */
    static final String VARIABLE = "KEMARI_COLO_QEMU";

    private static final Pattern VERSION = Pattern.compile("QEMU emulator version (\\d+)\\.(\\d+)");
    private static final int MAJOR = 11;
    private static final int MINOR = 1;

    private ColoPeer() {}

    /** Why the mode cannot be measured on this machine, in a sentence without its full stop; empty if it can. */
    static Optional<String> absence() {
        if (named().isEmpty()) {
            return Optional.of("there is no QEMU in which COLO works: " + VARIABLE
                    + " names none, and version 11.1 is needed; itests/bench/colo-qemu unpacks one");
        }
        if (!Files.isExecutable(program())) {
            return Optional.of("there is no program " + program() + ", which " + VARIABLE + " names");
        }
        Shell.Result result = Shell.tryRun(List.of(program().toString(), "--version"));
        return result.status() == 0
                ? judge(program().toString(), result.text())
                : Optional.of(program() + " does not run: " + result.text().strip());
    }

    /** What the variable names. */
    static Path program() {
        return Path.of(named().orElseThrow()).toAbsolutePath();
    }

    /** What the program says of itself. */
    static String version() {
        String text = Shell.tryRun(List.of(program().toString(), "--version")).text();
        return text.lines().findFirst().orElse("").replace("QEMU emulator version ", "");
    }

    private static Optional<String> named() {
        return Optional.ofNullable(System.getenv(VARIABLE)).filter(name -> !name.isBlank());
    }

    /** The same as {@link #absence} of a program's answer to {@code --version}. */
    static Optional<String> judge(String program, String answer) {
        Matcher matcher = VERSION.matcher(answer);
        if (!matcher.find()) {
            return Optional.of(program + " does not say which version of QEMU it is");
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        return major > MAJOR || major == MAJOR && minor >= MINOR
                ? Optional.empty()
                : Optional.of(program + " is QEMU " + major + "." + minor
                        + ", in which COLO does not work; version 11.1 is needed");
    }
}
