package org.kemari.itests.bench;

import java.util.Iterator;

/** The words of a command line. */
public final class Words {
    private Words() {}

    /** What comes after an option. */
    public static String value(String option, Iterator<String> words) {
        if (!words.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value; see --help");
        }
        return words.next();
    }

    /** The same, as a number of at most four digits. */
    public static int number(String option, Iterator<String> words, int least, int most) {
        String text = value(option, words);
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
            throw new IllegalArgumentException(
                    option + " needs a number from " + least + " to " + most + ", not '" + text + "'");
        }
        return Integer.parseInt(text);
    }
}
