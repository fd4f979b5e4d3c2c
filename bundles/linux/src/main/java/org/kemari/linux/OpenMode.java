package org.kemari.linux;

/** How a file is opened. The order is known to the native side. */
public enum OpenMode {
    READ,
    READ_WRITE,
    /** Read and write; made with mode 0600 if it is missing. */
    CREATE,
    /** Read and write; an error if it exists. */
    CREATE_NEW
}
