package org.kemari.itests.guest;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.kemari.itests.lab.Lab;
import org.kemari.itests.lab.Shell;

/**
 * The test guest: a distribution's kernel and an initial RAM disk with a busybox and one program.
 *
 * @param kernel kernel image
 * @param initrd initial RAM disk
 */
public record GuestImage(Path kernel, Path initrd) {
    /** Kernel parameters that every test guest gets. */
    public static final String COMMAND_LINE = "console=ttyS0 panic=-1 quiet";

    private static final List<String> BASE_DIRECTORIES = List.of("bin", "data", "dev", "modules", "proc", "sys", "tmp");
    private static final List<String> MODULES =
            List.of("virtio_pci", "virtio_mmio", "virtio_net", "virtio_blk", "button", "evdev");
    private static final Path EFI_STUB = Path.of("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");

    /** Builds the initial RAM disk into a directory, from what {@code ./kemari setup} has unpacked. */
    public static GuestImage build(Path into) {
        return build(into, Map.of());
    }

    /**
     * The same with more files, programs for instance.
     *
     * @param more where they are here, by where they are to be in the guest (without a leading slash)
     */
    public static GuestImage build(Path into, Map<String, Path> more) {
        Path parts = Path.of(Optional.ofNullable(System.getenv("KEMARI_GUEST"))
                .orElse(System.getProperty("user.home") + "/.cache/kemari/guest"));
        Path guest = Lab.projectRoot().resolve("itests/guest");
        Path kernel = parts.resolve("vmlinuz");
        if (!Files.isReadable(kernel)) {
            throw new IllegalStateException("no guest kernel at " + kernel + ": run ./kemari setup");
        }
        try {
            Files.createDirectories(into);
            Path initrd = into.resolve("initrd.cpio");
            try (CpioWriter cpio = new CpioWriter(new BufferedOutputStream(Files.newOutputStream(initrd)))) {
                for (String directory : BASE_DIRECTORIES) {
                    cpio.directory(directory);
                }
                cpio.characterDevice("dev/console", 5, 1);
                cpio.file("init", Files.readAllBytes(guest.resolve("src/init")));
                cpio.file("bin/busybox", Files.readAllBytes(parts.resolve("busybox")));
                cpio.file("bin/guestd", Files.readAllBytes(guest.resolve("target/guestd")));
                Map<String, byte[]> modules = modules(parts.resolve("modules"));
                for (Map.Entry<String, byte[]> module : modules.entrySet()) {
                    cpio.file("modules/" + module.getKey(), module.getValue());
                }
                String order = modules.isEmpty() ? "" : String.join("\n", modules.keySet()) + "\n";
                cpio.file("modules/order", order.getBytes(StandardCharsets.US_ASCII));
                addFiles(cpio, more);
            }
            return new GuestImage(kernel, initrd);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addFiles(CpioWriter cpio, Map<String, Path> files) throws IOException {
        Set<Path> made = new HashSet<>(BASE_DIRECTORIES.stream().map(Path::of).toList());
        for (Map.Entry<String, Path> file : new TreeMap<>(files).entrySet()) {
            Path path = Path.of(file.getKey());
            for (int depth = 1; depth < path.getNameCount(); depth++) {
                if (made.add(path.subpath(0, depth))) {
                    cpio.directory(path.subpath(0, depth).toString());
                }
            }
            cpio.file(file.getKey(), Files.readAllBytes(file.getValue()));
        }
    }

    /** The wanted modules and all they depend on, in an order in which they can be loaded. */
    private static Map<String, byte[]> modules(Path tree) throws IOException {
        Map<String, Path> files = new LinkedHashMap<>();
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.filter(p -> p.toString().endsWith(".ko")).toList()) {
                files.put(file.getFileName().toString().replace(".ko", "").replace('-', '_'), file);
            }
        }
        Map<String, byte[]> ordered = new LinkedHashMap<>();
        for (String module : MODULES) {
            addModule(module, files, ordered);
        }
        return ordered;
    }

    private static void addModule(String name, Map<String, Path> files, Map<String, byte[]> ordered)
            throws IOException {
        Path file = files.get(name);
        if (file == null || ordered.containsKey(name + ".ko")) {
            // built into this kernel, or there already
            return;
        }
        byte[] content = Files.readAllBytes(file);
        for (String dependency : dependencies(content)) {
            addModule(dependency, files, ordered);
        }
        ordered.put(name + ".ko", content);
    }

    /** A module names what it depends on in its .modinfo section, as a string between two zero bytes. */
    private static List<String> dependencies(byte[] module) {
        String text = new String(module, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("\0depends=");
        if (at < 0) {
            return List.of();
        }
        int begin = at + "\0depends=".length();
        List<String> names = new ArrayList<>();
        for (String name : text.substring(begin, text.indexOf('\0', begin)).split(",")) {
            if (!name.isEmpty()) {
                names.add(name.replace('-', '_'));
            }
        }
        return names;
    }

    /** Makes a disk that UEFI firmware boots: an EFI system partition with kernel, initrd and command line in one. */
    public Path buildBootDisk(Path disk, String commandLine) {
        Path work = disk.resolveSibling(disk.getFileName() + ".work");
        try {
            Files.createDirectories(work);
            Path efi = work.resolve("BOOTX64.EFI");
            Files.writeString(work.resolve("cmdline"), commandLine + "\0");
            Files.writeString(work.resolve("osrel"), "ID=kemari-guest\nNAME=\"Kemari test guest\"\n");
            // sections one after the other, above the stub's own
            long at = 0x30000;
            List<String> command = new ArrayList<>(List.of("objcopy"));
            Map<String, Path> sections = new LinkedHashMap<>();
            sections.put(".osrel", work.resolve("osrel"));
            sections.put(".cmdline", work.resolve("cmdline"));
            sections.put(".linux", kernel);
            sections.put(".initrd", initrd);
            for (Map.Entry<String, Path> section : sections.entrySet()) {
                command.addAll(List.of("--add-section", section.getKey() + "=" + section.getValue()));
                command.addAll(List.of("--change-section-vma", section.getKey() + "=0x" + Long.toHexString(at)));
                at += Math.max(0x10000, (Files.size(section.getValue()) + 0xffff) & ~0xffffL) + 0x10000;
            }
            command.addAll(List.of(EFI_STUB.toString(), efi.toString()));
            Shell.run(command);
            GuestDisks.makeEmpty(disk, 64L << 20);
            Shell.run(List.of("mformat", "-i", disk.toString(), "-F", "::"));
            Shell.run(List.of("mmd", "-i", disk.toString(), "::/EFI", "::/EFI/BOOT"));
            Shell.run(List.of("mcopy", "-i", disk.toString(), efi.toString(), "::/EFI/BOOT/BOOTX64.EFI"));
            return disk;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Lab.deleteTree(work);
        }
    }
}
