package org.kemari.itests.bench.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kemari.itests.lab.Shell;

/** QEMU's own COLO: whether there is a QEMU in which it works, and why it is not measured. */
final class ColoPeer {
    /** Environment variable that names the program. */
    static final String VARIABLE = "KEMARI_COLO_QEMU";

    private static final Pattern VERSION = Pattern.compile("QEMU emulator version (\\d+)\\.(\\d+)");
    private static final int MAJOR = 11;
    private static final int MINOR = 1;

    private ColoPeer() {}

    /** Why the mode cannot be measured on this machine, in a sentence. */
    static String absence() {
        Optional<String> named = Optional.ofNullable(System.getenv(VARIABLE)).filter(name -> !name.isBlank());
        if (named.isEmpty()) {
            return "there is no QEMU in which COLO works: " + VARIABLE + " names none, and version 11.1 is needed";
        }
        if (!Files.isExecutable(Path.of(named.get()))) {
            return "there is no program " + named.get() + ", which " + VARIABLE + " names";
        }
        Shell.Result result = Shell.tryRun(List.of(named.get(), "--version"));
        return result.status() == 0
                ? judge(named.get(), result.text())
                : named.get() + " does not run: " + result.text().strip();
    }

    /** The same of a program's answer to {@code --version}. */
    static String judge(String program, String answer) {
        Matcher matcher = VERSION.matcher(answer);
        if (!matcher.find()) {
            return program + " does not say which version of QEMU it is";
        }
        int major = Integer.parseInt(matcher.group(1));
        int minor = Integer.parseInt(matcher.group(2));
        String version = major + "." + minor;
        return major > MAJOR || major == MAJOR && minor >= MINOR
                ? program + " is QEMU " + version
                        + ", in which COLO works, but this comparison does not know yet how to run a guest with it"
                : program + " is QEMU " + version + ", in which COLO does not work; version 11.1 is needed";
    }
}
