package org.kemari.itests.bench.compare;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.kemari.itests.bench.Context;
import org.kemari.itests.bench.Guest;
import org.kemari.itests.guest.DomainSpec;
import org.kemari.itests.guest.GuestControl;

/** A guest of Kemari's two hosts, protected if its mode says so. */
final class DomainSubject implements Subject {
    private static final String ADDRESS = "198.18.7.100";
    private static final int VCPUS = 1;

    private final Mode mode;
    private final Guest guest;

    private DomainSubject(Mode mode, Guest guest) {
        this.mode = mode;
        this.guest = guest;
    }

    /**
     * Starts it.
     *
     * @param name of the domain; no other of this process may have had it
     */
    static DomainSubject start(Context context, Mode mode, String name, int memoryMib)
            throws TimeoutException, IOException {
        DomainSpec spec = mode.settings()
                .apply(new DomainSpec(name, ADDRESS).memory(memoryMib).vcpus(VCPUS));
        DomainSubject subject = new DomainSubject(mode, Guest.start(context, spec, true));
        try {
            if (mode.isProtected()) {
                subject.guest.protect();
            }
            return subject;
        } catch (TimeoutException | RuntimeException e) {
            subject.close();
            throw e;
        }
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public String address() {
        return guest.address();
    }

    @Override
    public GuestControl control() {
        return guest.control();
    }

    @Override
    public Optional<Guest> guest() {
        return Optional.of(guest);
    }

    @Override
    public void close() throws IOException, TimeoutException {
        guest.close();
    }
}
