package org.kemari.hypervisor.qemu.internal;

/** Builds one value of the form {@code a,b=c}, in which commas of the operator's own strings are doubled. */
final class Option {
    private final StringBuilder text;

    private Option(String first) {
        text = new StringBuilder(first);
    }

    static Option of(String first) {
        return new Option(first);
    }

    Option with(String key, Object value) {
        if (text.length() > 0) {
            text.append(',');
        }
        text.append(key).append('=').append(value.toString().replace(",", ",,"));
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
