package org.kemari.management.internal;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;

/**
 * What a notification says.
 *
 * @param type one of {@link org.kemari.api.management.NotificationTypes}
 * @param text for people
 * @param data for programs
 */
record News(String type, String text, CompositeData data) {

    /** Begins the data of a notification. */
    static Data data(String name) {
        return new Data(name);
    }

    /** Composite data in the making: strings, integers, longs and booleans, in the order in which they are put. */
    static final class Data {
        private final String name;
        private final Map<String, Object> items = new LinkedHashMap<>();

        private Data(String name) {
            this.name = name;
        }

        Data put(String key, Object value) {
            items.put(key, value);
            return this;
        }

        CompositeData build() {
            String[] keys = items.keySet().toArray(String[]::new);
            OpenType<?>[] types = items.values().stream().map(Data::type).toArray(OpenType<?>[]::new);
            try {
                return new CompositeDataSupport(new CompositeType(name, name, keys, keys, types), items);
            } catch (OpenDataException e) {
                throw new IllegalStateException("the data of a notification do not fit their own type", e);
            }
        }

        private static OpenType<?> type(Object value) {
            if (value instanceof String) {
                return SimpleType.STRING;
            }
            if (value instanceof Long) {
                return SimpleType.LONG;
            }
            return value instanceof Integer ? SimpleType.INTEGER : SimpleType.BOOLEAN;
        }
    }
}
