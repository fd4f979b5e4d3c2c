package org.kemari.itests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Which accelerator a guest really runs on here: that /dev/kvm opens is no proof. */
public final class Accelerators {
    static final String TCG = "tcg,thread=multi";
    static final String KVM = "kvm";
    private static final Duration KVM_PATIENCE = Duration.ofSeconds(6);

    private Accelerators() {}

    /** The words for QEMU's {@code -accel}; tries KVM with a whole guest if there is something to try. */
    public static String usable(Context context, int guestNumber) {
        if (!Files.isWritable(Path.of("/dev/kvm"))) {
            return TCG;
        }
        try (BareGuest guest = BareGuest.start(context.lab(), context.image(), guestNumber, KVM, List.of())) {
            guest.control(KVM_PATIENCE).close();
            return KVM;
        } catch (TimeoutException | RuntimeException e) {
            context.progress().say("no guest runs on KVM here: emulation");
            return TCG;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
