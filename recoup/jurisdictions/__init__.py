"""What the law of each country says about collecting commercial debt. Pure: no Django, no clock."""
