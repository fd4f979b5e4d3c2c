package org.kemari.shell.internal.commands;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.kemari.api.arbiter.Arbiter;
import org.kemari.api.config.HostSettings;
import org.kemari.api.protection.DomainStatus;
import org.kemari.api.protection.OperationRefusedException;
import org.kemari.shell.internal.view.Speedometer;
import org.kemari.shell.internal.view.TopView;

/** A live view of the domains. */
@Service
@Command(
        scope = "kemari",
        name = "top",
        description = "Shows the domains of this host and how they are doing, until a key or Ctrl-C is pressed.",
        detailedDescription =
                """
Ckpt/s: checkpoints committed in a second. Pause: how long the guest
stands still for a checkpoint. Hold: how long its outputs are held, of
the device that holds them longest. Both are median / 99th percentile,
of the whole session. Pages/ckpt: median. Below the table: how far
copies are, and why a domain is not protected.

Prints once where there is no terminal (ssh host command, scripts,
watch).

Examples:
  kemari:top
  kemari:top -d 5               every 5 seconds
  kemari:top --once
  watch kemari:top
""")
public final class TopCommand extends TableAction {
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    @Option(name = "-d", aliases = "--delay", description = "Seconds between two looks")
    int delaySeconds = 1;

    @Option(name = "-o", aliases = "--once", description = "Print once")
    boolean once;

    @Override
    void run(PrintStream out) throws OperationRefusedException, IOException {
        if (delaySeconds < 1) {
            throw new OperationRefusedException("--delay is " + delaySeconds + "; expected 1 second or more");
        }
        if (once || Terminals.of(session).isEmpty()) {
            try (Keys interruption = new Keys.NoKeys()) {
                if (isSpeedless() && interruption.pressedWithin(Speedometer.LEAST_NANOS / 1_000_000 + 1)) {
                    return;
                }
            }
            print(out);
            return;
        }
        try (Keys keys = Keys.of(session)) {
            do {
                draw(out);
            } while (!keys.pressedWithin(delaySeconds * 1000L) && !out.checkError());
        }
        out.println();
    }

    /** Whether a session has no speed yet because nobody has looked at it lately. */
    private boolean isSpeedless() throws OperationRefusedException {
        return kemari.protection().domains().stream()
                .filter(d -> d.transfer().isPresent())
                .map(d -> kemari.speedometer().look(d, System.nanoTime()))
                .anyMatch(Optional::isEmpty);
    }

    private void print(PrintStream out) throws OperationRefusedException {
        List<DomainStatus> domains = kemari.protection().domains();
        HostSettings host = kemari.configuration().host();
        if (!noFormat) {
            out.println(TopView.title(host.name(), domains, arbiter(host)));
            out.println();
        }
        print(TopView.grid(domains, d -> kemari.speedometer().look(d, System.nanoTime())), out);
        if (!noFormat) {
            TopView.notes(domains).forEach(out::println);
        }
    }

    private String arbiter(HostSettings host) {
        return host.arbiterEngine()
                + kemari.findArbiter(host.arbiterEngine())
                        .map(Arbiter::state)
                        .map(s -> s.reachable() ? "" : ", cannot be reached: " + s.reason())
                        .orElse(", not there");
    }

    /** Draws over what is there, line by line, so that nothing flickers; what does not fit below is left out. */
    private void draw(PrintStream out) throws OperationRefusedException {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try (PrintStream text = new PrintStream(page, false, StandardCharsets.UTF_8)) {
            print(text);
        }
        int height = session.getTerminal().getHeight();
        String lines = page.toString(StandardCharsets.UTF_8)
                .lines()
                .limit(height > 1 ? height - 1 : Integer.MAX_VALUE)
                .map(line -> line + CLEAR_LINE)
                .collect(Collectors.joining("\n"));
        out.print(HOME + lines + CLEAR_BELOW);
        out.flush();
    }
}
