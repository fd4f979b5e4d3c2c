package org.kemari.statetransfer.internal.wire;

/** Adds up what the frames of one checkpoint stand for. One thread. */
public final class FrameVolume {
    private long pages;
    private long zeroPages;
    private long deltaPages;
    private long rawBytes;

    public void reset() {
        pages = 0;
        zeroPages = 0;
        deltaPages = 0;
        rawBytes = 0;
    }

    public void add(WireMessage message) {
        if (message instanceof WireMessage.Pages part) {
            long all = PageRuns.pages(part.runs());
            pages += all;
            zeroPages += all - part.data().remaining() / PageRuns.PAGE_BYTES;
            rawBytes += all << PageRuns.PAGE_SHIFT;
        } else if (message instanceof WireMessage.PageDeltas part) {
            int all = PageDelta.count(part.entries());
            pages += all;
            deltaPages += all;
            rawBytes += (long) all << PageRuns.PAGE_SHIFT;
        } else if (message instanceof WireMessage.DeviceState state) {
            rawBytes += state.data().remaining();
        } else if (message instanceof WireMessage.StateDelta state) {
            rawBytes += state.total();
        } else if (message instanceof WireMessage.Disk disk) {
            rawBytes += disk.data().remaining();
        }
    }

    /** Pages of memory, of any kind. */
    public long pages() {
        return pages;
    }

    /** Those that travel as a mark. */
    public long zeroPages() {
        return zeroPages;
    }

    /** Those that travel as what has changed. */
    public long deltaPages() {
        return deltaPages;
    }

    /** Bytes of pages, device state and disks. */
    public long rawBytes() {
        return rawBytes;
    }
}
