def nickname(person):
    return person.nickname or "somebody"
