package org.kemari.eventtap.internal;

/** What a device tells its domain. Called without the device's lock. */
interface DeviceEvents {
    /** An output is held that no prepared checkpoint covers. */
    void outputHeld();

    /** Whose device it is: its threads are named after that. */
    String domain();

    /** The device is out of order. */
    void broken(String device, String reason);

    /** The disk has failed a request that is kept. */
    void diskFailed(String device, String reason);

    /** Nobody wants to know. */
    DeviceEvents NONE = new DeviceEvents() {
        @Override
        public void outputHeld() {}

        @Override
        public String domain() {
            return "tap";
        }

        @Override
        public void broken(String device, String reason) {}

        @Override
        public void diskFailed(String device, String reason) {}
    };
}
