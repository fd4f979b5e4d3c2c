package org.kemari.itests.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Pair;

/** What every benchmark needs. Used by one thread. */
public final class Context {
    private final Options options;
    private final Lab lab;
    private final GuestImage image;
    private final Path output;
    private final Progress progress;
    private final List<String> failures = new ArrayList<>();
    private Optional<Pair> pair = Optional.empty();

    /**
     * The surroundings of a run.
     *
     * @param options what was asked for
     * @param lab where hosts live; everything made is registered there
     * @param image the test guest
     * @param output a directory on a real disk, for images and logs
     * @param progress tells what is being done
     */
    Context(Options options, Lab lab, GuestImage image, Path output, Progress progress) {
        this.options = options;
        this.lab = lab;
        this.image = image;
        this.output = output;
        this.progress = progress;
    }

    /** Surroundings in which nothing special was asked for. */
    public Context(Lab lab, GuestImage image, Path output, Progress progress) {
        this(Options.parse(List.of(), List.of()), lab, image, output, progress);
    }

    Options options() {
        return options;
    }

    public Lab lab() {
        return lab;
    }

    public GuestImage image() {
        return image;
    }

    public Path output() {
        return output;
    }

    public Progress progress() {
        return progress;
    }

    /** Notes that something could not be measured. */
    public void failed(String what, Exception e) {
        failures.add(what + ": " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        progress.say("FAILED: %s: %s", what, e);
        for (StackTraceElement frame : e.getStackTrace()) {
            if (frame.getClassName().startsWith(Context.class.getPackageName())) {
                progress.say("  at %s", frame);
            }
        }
    }

    public List<String> failures() {
        return List.copyOf(failures);
    }

    /** The two hosts, up; started when they are first wanted. */
    public Pair pair() throws TimeoutException {
        if (pair.isEmpty()) {
            progress.say("two hosts are starting, east and west");
            pair = Optional.of(Pair.start(lab));
        }
        return pair.get().awaitReady();
    }

    /** Keeps the logs of the hosts, if there are any. */
    public void saveLogs() {
        Path logs = output.resolve("logs");
        pair.ifPresent(hosts -> {
            hosts.east().saveLogs(logs);
            hosts.west().saveLogs(logs);
            progress.say("the logs of the hosts are in %s", lab.root().relativize(logs));
        });
    }
}
