package org.kemari.itests.guest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Compares what clients were told with what a disk has.
 *
 * @param recorded numbers found, in the order of the disk
 * @param faults everything that is wrong; empty is the only good answer
 */
public record RecordCheck(List<Long> recorded, List<String> faults) {
    private static final int RECORD_BYTES = 48;
    private static final int SECTOR_BYTES = 512;
    private static final int MOST_FAULTS = 20;

    public boolean isGood() {
        return faults.isEmpty();
    }

    /** Looks through a file of records for the acknowledged ones: each exactly once, in order, undamaged. */
    public static RecordCheck ofFile(byte[] file, List<Long> acknowledged) {
        List<Long> recorded = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        if (file.length % RECORD_BYTES != 0) {
            faults.add("the file ends within a record");
        }
        for (int place = 0; (place + 1) * RECORD_BYTES <= file.length; place++) {
            String record = text(file, place * RECORD_BYTES);
            String fault = fault(record, place);
            if (fault.isEmpty()) {
                recorded.add(number(record));
            } else {
                faults.add(fault);
            }
        }
        compare(recorded, acknowledged, faults);
        return new RecordCheck(recorded, cut(faults));
    }

    /** Looks on a raw disk, where record n is in sector n. */
    public static RecordCheck ofRawDisk(byte[] disk, List<Long> acknowledged) {
        List<Long> recorded = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (long number : acknowledged) {
            int at = Math.toIntExact(number * SECTOR_BYTES);
            String record = at + RECORD_BYTES <= disk.length ? text(disk, at) : "";
            String fault = fault(record, -1);
            if (!fault.isEmpty()) {
                faults.add("record " + number + " was acknowledged and is not on the disk: " + fault);
            } else if (number(record) != number) {
                faults.add("sector " + number + " has record " + number(record));
            } else {
                recorded.add(number);
            }
        }
        return new RecordCheck(recorded, cut(faults));
    }

    private static void compare(List<Long> recorded, List<Long> acknowledged, List<String> faults) {
        long last = Long.MIN_VALUE;
        for (long number : recorded) {
            if (number == last) {
                faults.add("record " + number + " is there twice");
            } else if (number < last) {
                faults.add("record " + number + " comes after " + last);
            }
            last = number;
        }
        List<Long> missing = new ArrayList<>(acknowledged);
        missing.removeAll(new java.util.HashSet<>(recorded));
        missing.forEach(number -> faults.add("record " + number + " was acknowledged and is not on the disk"));
    }

    private static String fault(String record, int place) {
        if (record.length() != RECORD_BYTES || record.charAt(RECORD_BYTES - 1) != '\n') {
            return "no record at place " + place;
        }
        String body = record.substring(0, 37);
        CRC32 crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
        if (!record.substring(38, 46).equals(String.format("%08x", crc.getValue()))) {
            return "damaged record at place " + place + ": " + record.strip();
        }
        long says = Long.parseLong(record.substring(19, 37));
        return place >= 0 && says != place ? "the record at place " + place + " was written for " + says : "";
    }

    private static long number(String record) {
        return Long.parseLong(record.substring(0, 18));
    }

    private static String text(byte[] bytes, int at) {
        return new String(bytes, at, Math.min(RECORD_BYTES, bytes.length - at), StandardCharsets.ISO_8859_1);
    }

    private static List<String> cut(List<String> faults) {
        if (faults.size() <= MOST_FAULTS) {
            return List.copyOf(faults);
        }
        List<String> first = new ArrayList<>(faults.subList(0, MOST_FAULTS));
        first.add("and " + (faults.size() - MOST_FAULTS) + " more");
        return List.copyOf(first);
    }
}
