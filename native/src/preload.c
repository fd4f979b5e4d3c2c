int kemari_placeholder;
