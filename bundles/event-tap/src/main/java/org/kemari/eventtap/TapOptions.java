package org.kemari.eventtap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The command line of {@code kemari tap}. */
record TapOptions(boolean help, List<Export> exports) {
    static final String USAGE =
            """
            usage: kemari tap (--socket PATH | --fd N) --disk FILE [--queues N] [--read-only] [...]

            Serves raw disk files or block devices to virtual machines over vhost-user.

              --socket PATH   listen on this unix socket; it is removed at the end
              --fd N          use this inherited descriptor, which is already listening
              --disk FILE     raw file or block device to serve there
              --queues N      number of request queues, 1 to 16 (default 1)
              --read-only     the guest may not write
              --help          print this text

            Each --socket or --fd begins another export. Front ends may connect one after the other.
            SIGTERM and SIGINT end it with status 0.

            With QEMU: -object memory-backend-file,id=ram,size=512M,mem-path=/dev/shm/ram,share=on
                       -machine q35,memory-backend=ram -chardev socket,id=c,path=PATH
                       -device vhost-user-blk-pci,chardev=c,num-queues=N
            """;

    private static final int MAX_QUEUES = 16;

    /**
     * One disk on one socket.
     *
     * @param socket where to listen, unless {@code fd} is there
     * @param fd inherited descriptor
     */
    record Export(Optional<Path> socket, Optional<Integer> fd, Path disk, int queues, boolean readOnly) {}

    /** What is wrong with a command line. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    private static final class Draft {
        private Optional<Path> socket = Optional.empty();
        private Optional<Integer> fd = Optional.empty();
        private Optional<Path> disk = Optional.empty();
        private Optional<Integer> queues = Optional.empty();
        private boolean readOnly;

        Export finish() throws UsageException {
            String where = socket.map(Path::toString).orElseGet(() -> "descriptor " + fd.orElseThrow());
            if (disk.isEmpty()) {
                throw new UsageException("no --disk for " + where);
            }
            return new Export(socket, fd, disk.get(), queues.orElse(1), readOnly);
        }
    }

    static TapOptions parse(List<String> arguments) throws UsageException {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            return new TapOptions(true, List.of());
        }
        List<Draft> drafts = new ArrayList<>();
        Iterator<String> words = arguments.iterator();
        while (words.hasNext()) {
            String option = words.next();
            switch (option) {
                case "--socket" -> {
                    drafts.add(new Draft());
                    last(drafts, option).socket = Optional.of(Path.of(value(option, words)));
                }
                case "--fd" -> {
                    drafts.add(new Draft());
                    last(drafts, option).fd = Optional.of(number(option, words, 0, Integer.MAX_VALUE));
                }
                case "--disk" -> {
                    Draft draft = last(drafts, option);
                    if (draft.disk.isPresent()) {
                        throw new UsageException("two disks for one socket");
                    }
                    draft.disk = Optional.of(Path.of(value(option, words)));
                }
                case "--queues" -> last(drafts, option).queues = Optional.of(number(option, words, 1, MAX_QUEUES));
                case "--read-only" -> last(drafts, option).readOnly = true;
                default -> throw new UsageException("unknown option " + option);
            }
        }
        if (drafts.isEmpty()) {
            throw new UsageException("nothing to serve");
        }
        List<Export> exports = new ArrayList<>();
        for (Draft draft : drafts) {
            exports.add(draft.finish());
        }
        return new TapOptions(false, List.copyOf(exports));
    }

    private static Draft last(List<Draft> drafts, String option) throws UsageException {
        if (drafts.isEmpty()) {
            throw new UsageException(option + " comes before any --socket or --fd");
        }
        return drafts.get(drafts.size() - 1);
    }

    private static String value(String option, Iterator<String> words) throws UsageException {
        if (!words.hasNext()) {
            throw new UsageException(option + " needs a value");
        }
        return words.next();
    }

    private static int number(String option, Iterator<String> words, int least, int most) throws UsageException {
        String word = value(option, words);
        try {
            int number = Integer.parseInt(word);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new UsageException(option + " needs a number, not " + word);
        }
        throw new UsageException(option + " " + word + " is not from " + least + " to " + most);
    }
}
