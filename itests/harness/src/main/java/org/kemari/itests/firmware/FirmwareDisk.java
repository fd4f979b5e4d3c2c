package org.kemari.itests.firmware;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.kemari.itests.guest.GuestDisks;
import org.kemari.itests.guest.GuestImage;
import org.kemari.itests.lab.Lab;

/**
 * A disk that UEFI firmware boots the test guest from: a GPT with one EFI system partition, and in its fallback boot
 * path one program that carries the kernel, the initial RAM disk and the command line. Made from plain files, without
 * mounting anything; the same bytes for the same guest and command line.
 */
public final class FirmwareDisk {
    private static final long MIB = 1L << 20;
    private static final long PARTITION_AT = MIB;
    /** Room for the second copy of the partition table. */
    private static final long TAIL = MIB;
    /** Below this size FAT32 is not allowed, and firmware is told to expect FAT32 on fixed disks. */
    private static final long SMALLEST_PARTITION = 40 * MIB;

    private static final String DISK_ID = "6b656d61-7269-4000-8000-0000000000d1";
    private static final String PARTITION_ID = "6b656d61-7269-4000-8000-0000000000d2";
    private static final String VOLUME_ID = "6b656d61";
    private static final String SOURCE_DATE_EPOCH = "1767225600";

    private static final Path STUB = Path.of("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");
    /** The stub's own sections end well below this. */
    private static final long FIRST_SECTION = 0x30000;

    private static final long SECTION_ALIGNMENT = 0x10000;
    private static final int PE_HEADER_POINTER = 0x3c;
    private static final int PE_TIME_STAMP = 8;
    private static final int PE_CHECKSUM = 24 + 64;
    private static final long PATIENCE_SECONDS = 60;

    private FirmwareDisk() {}

    /**
     * Makes the disk.
     *
     * @param disk the raw image to write; replaced if it is there
     * @param guest what to boot
     * @param commandLine kernel command line
     * @return {@code disk}
     */
    public static Path build(Path disk, GuestImage guest, String commandLine) {
        if (!Files.isReadable(STUB)) {
            throw new IllegalStateException("no " + STUB + ": install systemd-boot-efi (./kemari setup does)");
        }
        Path work = disk.resolveSibling(disk.getFileName() + ".work");
        try {
            Lab.deleteTree(work);
            Files.createDirectories(work);
            Path program = bootProgram(work, guest, commandLine);
            // a third more than the program, for the file system's own and for growth of the next kernel
            long partition = Math.max(SMALLEST_PARTITION, (Files.size(program) * 4 / 3 / MIB + 1) * MIB);
            GuestDisks.makeEmpty(disk, PARTITION_AT + partition + TAIL);
            partitionTable(work, disk, partition);
            fileSystem(disk, partition, program);
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Lab.deleteTree(work);
        }
    }

    /** Kernel, initial RAM disk and command line as sections of one EFI program that starts them. */
    private static Path bootProgram(Path work, GuestImage guest, String commandLine) throws IOException {
        Path release = Files.writeString(work.resolve("release"), "ID=kemari-guest\nNAME=\"Kemari test guest\"\n");
        Path line = Files.write(work.resolve("command-line"), (commandLine + "\0").getBytes(StandardCharsets.UTF_8));
        Map<String, Path> sections = new LinkedHashMap<>();
        sections.put(".osrel", release);
        sections.put(".cmdline", line);
        sections.put(".initrd", guest.initrd());
        // last: it may use the memory behind it while it unpacks itself
        sections.put(".linux", guest.kernel());
        List<String> command = new ArrayList<>(List.of("objcopy"));
        long address = FIRST_SECTION;
        for (Map.Entry<String, Path> section : sections.entrySet()) {
            command.add("--add-section");
            command.add(section.getKey() + "=" + section.getValue());
            command.add("--change-section-vma");
            command.add(section.getKey() + "=0x" + Long.toHexString(address));
            address += Math.floorDiv(Files.size(section.getValue()), SECTION_ALIGNMENT) * SECTION_ALIGNMENT
                    + SECTION_ALIGNMENT;
        }
        Path program = work.resolve("BOOTX64.EFI");
        command.addAll(List.of(STUB.toString(), program.toString()));
        run(work, "", command);
        forgetTheDay(program);
        return program;
    }

    /** Clears the time stamp that objcopy has left in the program's header, and the checksum that covers it. */
    private static void forgetTheDay(Path program) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(program.toFile(), "rw")) {
            file.seek(PE_HEADER_POINTER);
            long header = Integer.toUnsignedLong(Integer.reverseBytes(file.readInt()));
            file.seek(header + PE_TIME_STAMP);
            file.writeInt(0);
            file.seek(header + PE_CHECKSUM);
            file.writeInt(0);
        }
    }

    private static void partitionTable(Path work, Path disk, long partition) throws IOException {
        String table = "label: gpt\nlabel-id: " + DISK_ID + "\nunit: sectors\n"
                + "start=" + PARTITION_AT / 512 + ", size=" + partition / 512 + ", type=uefi, uuid=" + PARTITION_ID
                + ", name=boot\n";
        run(work, table, List.of("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", disk.toString()));
    }

    private static void fileSystem(Path disk, long partition, Path program) throws IOException {
        Path work = program.getParent();
        String volume = disk + "@@" + PARTITION_AT;
        String sectors = Long.toString(partition / 512);
        run(work, "", List.of("mformat", "-i", volume, "-F", "-T", sectors, "-N", VOLUME_ID, "-v", "KEMARI", "::"));
        run(work, "", List.of("mmd", "-i", volume, "::/EFI", "::/EFI/BOOT"));
        run(work, "", List.of("mcopy", "-i", volume, program.toString(), "::/EFI/BOOT/BOOTX64.EFI"));
    }

    /** Runs a tool in a fixed environment: what it writes must not depend on the day. */
    private static void run(Path work, String input, List<String> command) throws IOException {
        Path stdin = Files.writeString(work.resolve("stdin"), input);
        Path output = work.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(stdin.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH);
        builder.environment().put("TZ", "UTC");
        builder.environment().put("LC_ALL", "C");
        try {
            Process process = builder.start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " still runs after " + PATIENCE_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " ended with status " + process.exitValue() + ": "
                        + Files.readString(output).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted during " + command.get(0), e);
        }
    }
}
