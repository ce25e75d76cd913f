# Ten resources.
class differential::hundred::c087 {
  notify { 'c087 1':
    message => "1 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 2':
    message => "2 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 3':
    message => "3 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 4':
    message => "4 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 5':
    message => "5 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 6':
    message => "6 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 7':
    message => "7 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 8':
    message => "8 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 9':
    message => "9 of class c087 on ${facts['networking']['hostname']}",
  }
  notify { 'c087 10':
    message => "10 of class c087 on ${facts['networking']['hostname']}",
  }
}
