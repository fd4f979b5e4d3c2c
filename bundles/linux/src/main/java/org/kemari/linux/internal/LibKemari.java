package org.kemari.linux.internal;

import com.sun.jna.Native;

/** The functions of {@code libkemari}, as {@code native/src} documents them: a result, or {@code -errno}. */
public final class LibKemari {
    static {
        Native.register(LibKemari.class, LibraryLoader.load());
    }

    private LibKemari() {}

    public static native int kemari_strerror(int number, byte[] text, int capacity);

    public static native int kemari_open(String path, int mode);

    public static native int kemari_fifo(String path);

    public static native int kemari_pipe_capacity(int fd, int bytes);

    public static native long kemari_pipe_read(int fd, long memory, long length);

    public static native int kemari_close(int fd);

    public static native int kemari_duplicate(int fd);

    public static native int kemari_is_open(int fd);

    public static native long kemari_size(int fd);

    public static native int kemari_kind(int fd);

    public static native long kemari_birth(int fd);

    public static native long kemari_file_number(int fd, int device);

    public static native int kemari_sector_size(int fd, int physical);

    public static native int kemari_truncate(int fd, long length);

    public static native int kemari_memfd(String name, long length);

    public static native long kemari_map(int fd, long offset, long length, int writable);

    public static native int kemari_unmap(long address, long length);

    public static native long kemari_read_vectors(int fd, long vectors, int count, long offset);

    public static native long kemari_write_vectors(int fd, long vectors, int count, long offset);

    public static native int kemari_read_cached(int fd, long vectors, int count, long offset, long bytes);

    public static native long kemari_read_at(int fd, long memory, long length, long offset);

    public static native long kemari_write_at(int fd, long memory, long length, long offset);

    public static native int kemari_flush(int fd);

    public static native int kemari_discard(int fd, long offset, long length);

    public static native int kemari_write_zeroes(int fd, long offset, long length, int mayUnmap);

    public static native int kemari_reserve(int fd, long offset, long length);

    public static native int kemari_punch_hole(int fd, long offset, long length);

    public static native long kemari_free_bytes(String path);

    public static native int kemari_private_directory(String path);

    public static native int kemari_eventfd();

    public static native int kemari_signal(int fd);

    public static native int kemari_drain(int fd);

    public static native int kemari_epoll();

    public static native int kemari_epoll_add(int epoll, int fd, long token);

    public static native int kemari_epoll_remove(int epoll, int fd);

    public static native int kemari_epoll_wait(int epoll, long tokens, int capacity, int timeout);

    public static native int kemari_connect(String path);

    public static native int kemari_listen(String path);

    public static native int kemari_accept(int listener, int stop);

    public static native long kemari_send(int fd, long bytes, long length, long fds, int fdCount);

    public static native long kemari_receive(int fd, long bytes, long length, long fds, long fdCount);

    public static native int kemari_shutdown(int fd);

    public static native long kemari_peer_pid(int fd);

    public static native int kemari_pidfd(long pid);

    public static native int kemari_poll(int fd, int timeout);

    public static native int kemari_kill(int pidfd, int number);

    public static native void kemari_fill(long memory, int value, long length);

    public static native void kemari_copy(long to, long from, long length);

    public static native int kemari_is_zero(long memory, long length);

    public static native int kemari_equal(long a, long b, long length);

    public static native long kemari_delta(long fresh, long old, long words, long out, long most);

    public static native long kemari_count_bits(long words, long count);

    public static native long kemari_capture_scan(long capture);

    public static native long kemari_capture_look(long capture);

    public static native long kemari_capture_probe(long capture);

    public static native void kemari_capture_mark_populated(long capture);

    public static native long kemari_capture_trim(long capture);

    public static native void kemari_capture_mark(long capture, long first, long end);

    public static native long kemari_capture_copy(
            long capture, long runs, long runCapacity, long staging, long stagingPages, int findZeroes, long copied);

    public static native long kemari_runs_check(long runs, long runCount, long pages);

    public static native long kemari_runs_apply(long runs, long runCount, long staging, long ram, int ramFd);

    public static native int kemari_tap_open(String name);

    public static native int kemari_tap_header_size(int fd, int bytes);

    public static native int kemari_tap_offloads(int fd, int checksum, int tso4, int tso6, int ecn, int ufo);

    public static native long kemari_tap_read(int fd, long vectors, int count);

    public static native long kemari_tap_write(int fd, long vectors, int count);

    public static native int kemari_link_up(String name, int up);

    public static native int kemari_link_mtu(String name, int bytes);

    public static native int kemari_link_mac(String name, byte[] mac);

    public static native int kemari_bridge_join(String bridge, String name);

    public static native int kemari_bridge_leave(String bridge, String name);
}
