package org.kemari.itests.guest;

/** TCP ports of the test guest's services. */
public final class GuestPorts {
    /** Appends numbered records to a file, durably. */
    public static final int RECORD = 7000;

    /** Sends lines back. */
    public static final int ECHO = 7001;

    /** Takes commands. */
    public static final int CONTROL = 7002;

    /** Writes numbered sectors to a raw disk, durably. */
    public static final int RAW = 7003;

    /** Sends and receives as much as is asked for. */
    public static final int BULK = 7004;

    /** A shell: its input and its output are the connection. */
    public static final int SHELL = 7005;

    private GuestPorts() {}
}
