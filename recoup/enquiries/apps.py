from django.apps import AppConfig


class EnquiriesConfig(AppConfig):
    name = "recoup.enquiries"
    label = "enquiries"
