"""The screens of records that people keep: `core.ui.collection.page.collection` draws them."""
