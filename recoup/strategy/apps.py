from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "recoup.strategy"
    label = "strategy"
