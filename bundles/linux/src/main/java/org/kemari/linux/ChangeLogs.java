package org.kemari.linux;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * All change logs of one disk on this host, one for each other host that has a copy. Threads: {@link #mark} any, also while
 * others are called; these one at a time.
 */
public final class ChangeLogs implements AutoCloseable {
    private static final String SUFFIX = ".changes";

    private final String disk;
    private volatile ChangeLog[] logs = new ChangeLog[0];
    private final List<Path> unusable = new ArrayList<>();

    private ChangeLogs(String disk) {
        this.disk = disk;
    }

    /** No logs of a disk. */
    public static ChangeLogs none(String disk) {
        return new ChangeLogs(disk);
    }

    /**
     * Opens those logs of a disk whose marks can be relied on. Nothing is changed yet.
     *
     * @param directory where they are, named {@code <disk>.<peer>.changes}; it may be missing
     * @param copy the disk
     */
    public static ChangeLogs open(Path directory, String disk, BlockFile.Identity copy) throws IOException {
        ChangeLogs found = none(disk);
        List<ChangeLog> usable = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (name.startsWith(disk + ".") && name.endsWith(SUFFIX)) {
                    found.open(file, copy).ifPresent(usable::add);
                }
            }
        } catch (IOException | RuntimeException e) {
            usable.forEach(ChangeLog::close);
            throw e;
        }
        found.logs = usable.toArray(ChangeLog[]::new);
        return found;
    }

    private Optional<ChangeLog> open(Path file, BlockFile.Identity copy) {
        try {
            ChangeLog log = ChangeLog.open(file, copy);
            if (log.isTrusted()) {
                return Optional.of(log);
            }
            log.close();
        } catch (IOException e) {
            // damaged, or of another disk: worth nothing, and removed as soon as something is written
        }
        unusable.add(file);
        return Optional.empty();
    }

    /** Logs that count for nothing any more as soon as the disk is written. */
    public List<Path> unusable() {
        return List.copyOf(unusable);
    }

    /**
     * Durably, before the disk is written: these logs are gone on with, their copy goes its own way, and those that cannot
     * be gone on with are removed.
     *
     * @param tookOver whether this host has just taken over from the primary of the base session
     * @param except a host whose log is left as it is
     */
    public void diverge(boolean tookOver, Optional<String> except) throws IOException {
        for (ChangeLog log : logs) {
            if (except.isPresent() && except.get().equals(log.peer())) {
                continue;
            }
            log.resume();
            if (tookOver && log.isFaithful()) {
                log.tookOver();
            }
            log.diverge();
        }
        for (Path file : unusable) {
            if (except.isEmpty() || !file.getFileName().toString().equals(disk + "." + except.get() + SUFFIX)) {
                ChangeLog.remove(file);
            }
        }
        unusable.clear();
    }

    /** Whether {@link #diverge} has nothing to do. */
    public boolean hasDiverged() {
        for (ChangeLog log : logs) {
            if (log.isInSession() || !log.isResumed()) {
                return false;
            }
        }
        return unusable.isEmpty();
    }

    /**
     * Durably, before it happens: the copy receives what is not yet committed in the session with a host.
     *
     * @return where it may; empty if nothing is logged against that host
     */
    public Optional<ActiveRegions> runAhead(String peer) throws IOException {
        Optional<ChangeLog> log = against(peer);
        return log.isPresent() ? log.get().runAhead() : Optional.empty();
    }

    /** Marks what is about to be changed, in all logs. */
    public void mark(long offset, long length) {
        for (ChangeLog log : logs) {
            log.mark(offset, length);
        }
    }

    /** A write has failed: no marks are dropped any more. */
    public void freeze() {
        for (ChangeLog log : logs) {
            log.freeze();
        }
    }

    /** The log against a host. */
    public Optional<ChangeLog> against(String peer) {
        for (ChangeLog log : logs) {
            if (log.peer().equals(peer)) {
                return Optional.of(log);
            }
        }
        return Optional.empty();
    }

    /**
     * Takes a log in beside the one against the same host, until {@link #replace}: both are marked.
     *
     * @param fresh owned by this from now on
     */
    public void add(ChangeLog fresh) {
        ChangeLog[] more = Arrays.copyOf(logs, logs.length + 1);
        more[logs.length] = fresh;
        logs = more;
    }

    /**
     * Takes a log in, in place of the one against the same host. Nobody may be marking.
     *
     * @param fresh published by the caller; owned by this from now on
     */
    public void replace(ChangeLog fresh) {
        List<ChangeLog> kept = without(fresh.peer(), Optional.of(fresh));
        kept.add(fresh);
        logs = kept.toArray(ChangeLog[]::new);
    }

    /** Removes the log against a host, durably. Nobody may be marking. */
    public void discard(Path file, String peer) throws IOException {
        logs = without(peer, Optional.empty()).toArray(ChangeLog[]::new);
        unusable.remove(file);
        ChangeLog.remove(file);
    }

    private List<ChangeLog> without(String peer, Optional<ChangeLog> fresh) {
        List<ChangeLog> kept = new ArrayList<>();
        for (ChangeLog log : logs) {
            if (log.peer().equals(peer)) {
                if (fresh.isEmpty() || fresh.get() != log) {
                    log.close();
                }
            } else {
                kept.add(log);
            }
        }
        return kept;
    }

    /** Durably: nothing is marked any more until somebody opens the logs again; they outlive a boot. */
    public void clean() throws IOException {
        for (ChangeLog log : logs) {
            log.clean();
        }
    }

    /** Call when nobody marks any more. */
    @Override
    public void close() {
        for (ChangeLog log : logs) {
            log.close();
        }
        logs = new ChangeLog[0];
    }
}
