package org.kemari.itests.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.RecordCheck;
import org.kemari.itests.guest.RecordClient;

/**
 * What is left after a takeover, compared with what the client was told.
 *
 * @param acknowledged number of acknowledged records
 * @param found number of records on the disk
 * @param faults everything that is wrong
 */
record Verdict(int acknowledged, int found, List<String> faults) {
    /** Looks at the survivor's disk, which nobody uses any more. */
    static Verdict of(Path disk, RecordClient client, boolean sameGuest) {
        List<Long> acknowledged =
                client.answers().stream().map(RecordClient.Answer::number).toList();
        List<String> faults = new ArrayList<>();
        client.failure().ifPresent(e -> faults.add("the TCP connection broke: " + e));
        if (!sameGuest) {
            faults.add("the guest has been booted again");
        }
        // the guest was ended without unmounting: its journal is replayed as the next mount would do
        GuestDisks.replayJournal(disk);
        String fsck = GuestDisks.check(disk);
        if (!fsck.isEmpty()) {
            faults.add("fsck: " + fsck);
        }
        RecordCheck records = RecordCheck.ofFile(GuestDisks.extract(disk, "/records"), acknowledged);
        faults.addAll(records.faults());
        return new Verdict(acknowledged.size(), records.recorded().size(), List.copyOf(faults));
    }

    boolean isGood() {
        return faults.isEmpty() && acknowledged > 0;
    }
}
